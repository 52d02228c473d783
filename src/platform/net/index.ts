export { AddressRefused, assertPublicHost, isLoopbackIp, isPublicIp, publicLookup } from './address-policy.js';
