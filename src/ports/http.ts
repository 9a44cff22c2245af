/** One request. `write` marks what may have changed something when no answer comes back. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly write?: boolean;
  /** Statuses ≥ 400 that the caller reads itself: they come back as answers, for providers that explain a refusal in the body. */
  readonly readStatuses?: readonly number[];
  /** Wall ms until the request is given up; default 10,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw text, for signatures. */
  readonly text: string;
  /**
   * The body parsed without losing digits: a number that a JS number cannot hold exactly (integers beyond 2^53, decimals
   * of too many digits) comes as its text. Throws RetryableError when it is no JSON; OutcomeUnknownError for a `write`.
   */
  json(): unknown;
}

/**
 * The one HTTP door. One attempt, no retries. Answers with status < 400.
 * Throws RetryableError (network before sending, lost answers and 5xx on reads), RateLimitedError (429), AuthExpiredError
 * (401), RejectedError (other 4xx, redirects), OutcomeUnknownError (`write` and the answer was lost or a 5xx).
 * No error or log carries a query, a header, a body or a key.
 */
export interface Http {
  /**
   * How many ms this machine's clock is ahead of the clock of that host, by the `Date` of its last answers; negative when
   * it is behind, 0 when nothing is known. To a second: HTTP dates have no more.
   */
  aheadOf(url: string): number;
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** The bytes behind an address, at most `mostBytes` of them: RejectedError (TOO_BIG) when there are more. Repeatable. */
  download(request: {
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly mostBytes: number;
    /** Wall ms; default 10,000. */
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
  }): Promise<Uint8Array<ArrayBuffer>>;
}
