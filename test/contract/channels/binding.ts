/** What the suite has to know of a channel and of its stand-in. */
export interface Binding {
  /** The stand-in's name for its server (it is the shop's id, too), and the routes that answer lists and single orders. */
  readonly server: string;
  readonly listRoute: string;
  readonly orderRoute: string;
  readonly baseUrl: (url: string) => string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly wrongCredentials: Readonly<Record<string, string>>;
  /** Rows of one page, so that the windows of the suite have several. */
  readonly pageSize: number;
  /** Orders of a day that give several pages in ten hours. */
  readonly ordersPerDay: number;
  /** Where an order number may not be known. */
  readonly unknownOrder: string;
  /** Whether the platform shows an order only once it was paid; then its list of new orders goes by that time. */
  readonly hidesUnpaid: boolean;
  /** Whether requests carry a time that the platform compares with its own. */
  readonly hasTime: boolean;
  /** Whether the platform shows the receiver in the clear, masked, or enciphered. */
  readonly receiver: 'clear' | 'masked' | 'enciphered';
  /** Kinds of keys that each order must have to tell one person's orders (channels.md §8). */
  readonly identities: readonly string[];
  /** The platform blanks the receiver once an order no longer waits to be sent. */
  readonly hidesReceiver?: true;
  /** Names of our errors for what the platform answers to a fault, where they differ from the usual; `none` where the channel mends it itself. */
  readonly errors: Readonly<Record<string, string>>;
  /** What an order is called that is closed after its payment, where that is not `closed`. */
  readonly paidClosesAs?: 'refunded';
}
