export { Admission, type AdmissionCheck, type RouteTarget } from './admission.js';
export { InvalidInput, RecordNotFound, TooManyRequests } from './http.errors.js';
export { configureHttpApp, createHttpApp } from './http-app.js';
export { serveDocs } from './docs.js';
export { ErrorFilter } from './error.filter.js';
export { parseInput, ZodPipe } from './parse-input.js';
export { jsonOfGet } from './body-parsing.js';
export { JsonLimit, PUBLIC_ROUTE, Public, RawBody } from './route-decorators.js';
export { RouteTable } from './route-table.js';
