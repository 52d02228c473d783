export { InvalidInput, RecordNotFound } from './http.errors.js';
export { configureHttpApp, createHttpApp } from './http-app.js';
export { serveDocs } from './docs.js';
export { ErrorFilter } from './error.filter.js';
export { parseInput, ZodPipe } from './parse-input.js';
export { PUBLIC_ROUTE, Public } from './public.js';
export { jsonOfGet } from './body-parsing.js';
export { JsonLimit, RawBody } from './raw-body.js';
export { RouteTable } from './route-table.js';
