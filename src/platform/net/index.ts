export { AddressPolicy, AddressRefused, isPublicIp, type PrivateAddresses, type Resolver } from './address-policy.js';
