import type { EventEmitter } from 'node:events';
import { DWClient, type DWClientDownStream, TOPIC_CARD, TOPIC_ROBOT } from 'dingtalk-stream';

export type Subscriptions = readonly { readonly type: string; readonly topic: string }[];

/** Where a connection may be opened, fresh for each: a ticket lives 90 s and serves once. */
export type Gateway = (subscriptions: Subscriptions) => Promise<string>;

export interface StreamHandlers {
  onFrame(frame: DWClientDownStream, answer: (response: unknown) => void): void;
  onGoAway(): void;
  onTrouble(error: unknown): void;
}

export interface StreamSocket extends EventEmitter {
  ping(): void;
  close(): void;
  terminate(): void;
}

const largestFrame = 4_194_304;

/**
 * The official client for one connection, then thrown away: its own reconnecting doubles itself on every refused
 * handshake and survives `disconnect()`. Whatever it or a listener throws stays here, where it would jam the socket.
 */
export class StreamClient extends DWClient {
  readonly #gateway: Gateway;
  readonly #handlers: StreamHandlers;

  constructor(
    { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
    gateway: Gateway,
    handlers: StreamHandlers,
    handshakeMs: number,
  ) {
    // Not in the constructor's type. The default list of subscriptions is one object for all clients.
    const unlisted = { autoReconnect: false, subscriptions: [] };
    super({ ...unlisted, clientId, clientSecret, keepAlive: false, debug: false });
    this.#gateway = gateway;
    this.#handlers = handlers;
    const sslopts = { rejectUnauthorized: true, handshakeTimeout: handshakeMs, maxPayload: largestFrame };
    Object.assign(this, { sslopts });
    for (const topic of [TOPIC_ROBOT, TOPIC_CARD]) {
      this.registerCallbackListener(topic, (frame) => {
        handlers.onFrame(frame, (response) => this.socketCallBackResponse(frame.headers.messageId, response));
      });
    }
  }

  /** Opens the socket at the endpoint asked for before. */
  async openSocket(): Promise<StreamSocket> {
    await this._connect();
    return Reflect.get(this, 'socket');
  }

  socketNow(): StreamSocket | undefined {
    return Reflect.get(this, 'socket');
  }

  override async getEndpoint(): Promise<this> {
    Object.assign(this, { dw_url: await this.#gateway(this.config.subscriptions) });
    return this;
  }

  override onDownStream(data: string): void {
    try {
      super.onDownStream(data);
    } catch (error) {
      this.#handlers.onTrouble(error);
    }
  }

  override onSystem(frame: DWClientDownStream): void {
    super.onSystem(frame);
    if (frame.headers.topic === 'disconnect') this.#handlers.onGoAway();
  }
}
