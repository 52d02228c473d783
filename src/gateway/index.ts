export { EgressMeter } from './ports/egress-meter.port.js';
