/** Every link of a page leads to a file that is there, and to a heading of it. */
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exists, filesOf, root, textOf } from './sources.ts';

/** As GitHub makes the anchor of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const pages = filesOf('*.md', '{docs,local,client}/**/*.md');

describe('the links of every page', () => {
  it.each(pages)('%s lead to a file that is there, and to a heading of it', (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link]) => link as string);
    for (const link of links) {
      const [path = '', heading] = link.split('#');
      const target = path ? relative(root, resolve(root, dirname(page), path)) : page;
      expect([link, exists(target)]).toEqual([link, true]);
      if (heading === undefined || !target.endsWith('.md')) continue;
      const headings = [...textOf(target).matchAll(/^#{1,6} (.+)$/gm)].map(([, text]) => anchor(text as string));
      expect([link, headings.includes(heading)]).toEqual([link, true]);
    }
  });
});
