/** The time, as an argument: rules that depend on it can be tested at any moment. */
export interface Clock {
  now(): Date;
}
