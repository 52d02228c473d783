export { GatewayHttpModule } from './gateway.module.js';
export { EgressMeter } from './ports/egress-meter.port.js';
