import { Component, type ReactNode } from 'react';
import { Failure } from '../parts/Failure';

/** Keeps the frame standing when a page breaks, and says so; the next page begins anew. */
export class Mishap extends Component<{ children: ReactNode }, { error: unknown }> {
  constructor(props: { children: ReactNode }) {
    super(props);
    this.state = { error: null };
  }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  render(): ReactNode {
    return this.state.error === null ? (
      this.props.children
    ) : (
      <Failure error={this.state.error} again={() => location.reload()} />
    );
  }
}
