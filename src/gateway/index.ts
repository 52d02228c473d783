export { GatewayHttpModule } from './gateway.module.js';
export { EgressMeter } from './ports/egress-meter.port.js';
export { pathOfHost } from './domain/gateway-host.js';
