import { Alert, Button } from '@mantine/core';
import { ApiError } from '../api/client';

/** What happened, why, what to do, and an id to quote. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const known = error instanceof ApiError;
  return (
    <Alert color="red" variant="outline" role="alert" title={known ? titleOf(error) : 'This page has a fault'} my={12}>
      <p style={{ margin: '0 0 8px' }}>{known ? error.message : String(error)}</p>
      {known && (
        <p className="quiet mono" style={{ margin: '0 0 8px' }}>
          {error.reason}
          {error.requestId !== null && `, request ${error.requestId}`}
        </p>
      )}
      {again !== undefined && (
        <Button size="xs" variant="default" onClick={again}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

function titleOf({ status }: ApiError): string {
  if (status === 0) return 'No answer from the platform';
  if (status === 403) return 'This account may not do that';
  if (status === 404) return 'Not found';
  if (status === 429) return 'Too many requests; wait a moment';
  if (status >= 500) return 'The platform could not answer';
  return 'The platform refused this';
}
