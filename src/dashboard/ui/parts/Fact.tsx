import type { ReactNode } from 'react';

/** One line of a list of facts (`<dl className="facts">`): a term and what it is. */
export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
