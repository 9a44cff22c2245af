/** Unix ms of the machine, whatever the world's clock says: for leases, sockets and measuring. */
export const wallNow = (): number => Date.now();
