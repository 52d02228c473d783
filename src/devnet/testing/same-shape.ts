/**
 * Where an answer differs from an example in shape: other keys, other JSON types. Go writes nil slices, maps and
 * pointers as null, so null fits every array and object, and an empty list says nothing about its elements.
 */
export function shapeDifferences(example: unknown, answer: unknown, path = '$'): string[] {
  const [wanted, got] = [kind(example), kind(answer)];
  if (wanted === 'null' || got === 'null')
    return isNullable(wanted) && isNullable(got) ? [] : [`${path}: ${got} instead of ${wanted}`];
  if (wanted !== got) return [`${path}: ${got} instead of ${wanted}`];
  if (Array.isArray(example) && Array.isArray(answer)) {
    return example.length === 0
      ? []
      : answer.flatMap((element, i) => shapeDifferences(example[0], element, `${path}[${i}]`));
  }
  if (wanted !== 'object') return [];
  const [from, to] = [example as Record<string, unknown>, answer as Record<string, unknown>];
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...keys].flatMap((key) => {
    if (!(key in to)) return [`${path}.${key}: missing`];
    if (!(key in from)) return [`${path}.${key}: not in Lotus`];
    return shapeDifferences(from[key], to[key], `${path}.${key}`);
  });
}

function kind(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isNullable(type: string): boolean {
  return ['null', 'array', 'object'].includes(type);
}
