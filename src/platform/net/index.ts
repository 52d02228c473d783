export { AddressPolicy, AddressRefused, isPublicIp, type PrivateAddresses, type Resolver } from './address-policy.js';
export { clientOf, inNetworks, isLoopbackIp, isNetwork } from './network-list.js';
