export function installPackages(say?: (sentence: string) => void): Promise<void>;
