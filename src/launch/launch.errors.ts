/** Something that the person who typed `npm start` can act on; shown without a stack. */
export class LaunchRefused extends Error {}

/**
 * The error to show for a file-system error: a LaunchRefused that says what to do about it, for those that a person can
 * act on (full, no permission, read-only, a file in the way); any other error as it is.
 */
export function explainDiskError(error: unknown, folder: string): Error {
  const { code, message, path } = error as NodeJS.ErrnoException;
  const at = path ?? folder;
  if (isFull(error)) {
    return new LaunchRefused(
      `The disk that holds ${folder} is full (${code === 'EDQUOT' ? code : 'ENOSPC'}). ` +
        'Make room (a first start takes about 100 MiB), ' +
        'or choose another data folder with TIDEWATER_DATA=/path npm start',
      { cause: error },
    );
  }
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return new LaunchRefused(
        `No permission to write ${at}. Give this user the folder, or choose another with TIDEWATER_DATA=/path npm start`,
        { cause: error },
      );
    case 'EROFS':
      return new LaunchRefused(
        `${at} is on a read-only file system. Choose another data folder with TIDEWATER_DATA=/path npm start`,
        { cause: error },
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new LaunchRefused(
        `${at} is in the way: the data folder ${folder} cannot be made there. Choose another with TIDEWATER_DATA=/path npm start`,
        { cause: error },
      );
    case 'ENOENT':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'EINVAL':
      return new LaunchRefused(
        `${folder} cannot be a data folder (${code}). Choose another with TIDEWATER_DATA=/path npm start`,
        { cause: error },
      );
    default:
      return error instanceof Error ? error : new Error(message);
  }
}

/**
 * In whoever's words: the file system's, PostgreSQL's (SQLSTATE disk_full), or the last words of a program that we ran.
 */
export function isFull(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    ['ENOSPC', 'EDQUOT', '53100'].includes(code ?? '') ||
    /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i.test(message ?? '')
  );
}
