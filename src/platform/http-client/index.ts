export { OutboundHttp, type OutboundAnswer, type OutboundRequest } from './outbound-http.js';
