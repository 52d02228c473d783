/** RFC 6266: an ASCII name with `_` for what it cannot say, and the real one beside it. */
export function contentDisposition(kind: 'inline' | 'attachment', filename: string | null): string {
  if (filename === null || filename === '') return kind;
  const ascii = filename.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '_');
  const exact =
    ascii === filename
      ? ''
      : `; filename*=UTF-8''${encodeURIComponent(filename).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)}`;
  return `${kind}; filename="${ascii}"${exact}`;
}
