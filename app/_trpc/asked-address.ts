/** The header in which the proxy tells a page its own address: layouts see neither their page's path nor its query. */
export const askedAddressHeader = 'x-asked-address';
