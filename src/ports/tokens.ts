/** Tokens that a platform gave in exchange for the old ones, which may be void by now. */
export interface FreshTokens {
  readonly accessToken: string;
  /** Empty where the platform has none. */
  readonly refreshToken: string;
  /** When the access token ends, in unix ms; null when the platform does not tell. */
  readonly expiresAt: number | null;
}
