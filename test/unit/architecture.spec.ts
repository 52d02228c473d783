import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Rule {
  name: string;
  to: { pathNot?: string | string[] };
}

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as { forbidden: Rule[] };

/** Room -> rooms that it may use, read off the rules that lint executes. */
const executed = new Map(
  forbidden
    .filter(({ name }) => name.startsWith('arrows-of-'))
    .map(({ name, to }): [string, string[]] => {
      const room = name.slice('arrows-of-'.length);
      const list = /\(([a-z|]+)\)/.exec(String(to.pathNot))?.[1] ?? '';
      return [
        room,
        list
          .split('|')
          .filter((other) => other !== room)
          .sort(),
      ];
    }),
);

/** Whether `from` leads to `to` over any arrows. */
function leads(from: string, to: string): boolean {
  return (executed.get(from) ?? []).some((next) => next === to || leads(next, to));
}

describe('docs/architecture.md', () => {
  it('lists for each room just the arrows that lint allows', () => {
    const rows = [...page.matchAll(/^\| ([a-z]+) \| ([a-z, ]+) \|$/gm)].map(([, room, list]): [string, string[]] => [
      room ?? '',
      list === 'no other room' ? [] : (list ?? '').split(', ').sort(),
    ]);
    expect(new Map(rows.filter(([room]) => executed.has(room)))).toEqual(executed);
  });

  it('draws the arrows that no other path of arrows stands for', () => {
    const drawn = [...page.matchAll(/^ {2}([a-z]+) --> ([a-z]+)$/gm)].map(([, from, to]) => `${from} -> ${to}`);
    const needed = [...executed].flatMap(([from, targets]) =>
      targets
        .filter((to) => !targets.some((other) => other !== to && leads(other, to)))
        .map((to) => `${from} -> ${to}`),
    );
    expect(drawn.sort()).toEqual(needed.sort());
  });

  it.each(['README.md', 'docs/architecture.md', 'docs/operations.md', 'docs/pinning.md', 'docs/glossary.md'])(
    '%s links to pages and files that are there',
    (file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
      expect(links.filter((link) => !existsSync(join(root, dirname(file), link)))).toEqual([]);
    },
  );

  it('names the files of each walk as they are', () => {
    const walks = page.slice(page.indexOf('## The shortest walks'), page.indexOf('## States'));
    const files = [...walks.matchAll(/`((?:src|prisma)\/[^`]+)`/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
