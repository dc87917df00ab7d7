import { controlPlaneServices } from '#server/platform/control-plane.ts';

/** Where the inference API is for the world: the pages write it into their samples. */
export function apiUrl(): string {
  return controlPlaneServices().apiUrl;
}

/** Where the pages themselves are. */
export function webUrl(): string {
  return controlPlaneServices().webUrl;
}
