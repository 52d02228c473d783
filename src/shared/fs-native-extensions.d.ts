/** The part of the package that we use; it brings no types. */
declare module 'fs-native-extensions' {
  /** An exclusive lock of the whole file, for this open file description. False when another one has it. */
  export function tryLock(fd: number): boolean;
}
