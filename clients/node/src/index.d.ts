/// <reference lib="esnext.disposable" />

export type Unit = "byte" | "codepoint" | "utf16";

export interface ClientOptions {
  /** How long an answer is waited for, if a text has no deadline of its own. 35000. */
  timeoutMs?: number | undefined;
  /** How long a connection is waited for, when nobody is there. 2000. */
  connectMs?: number | undefined;
  /** An idle connection is ended after this; it holds the process. 100. */
  idleMs?: number | undefined;
  /** Send again after a lost connection, SHUTTING_DOWN and OVERLOADED. true. */
  retry?: boolean | undefined;
  /** Unit of all offsets. "utf16", that of JavaScript's strings. */
  offsets?: Unit | undefined;
  /** Take and give integers of 64 bits as BigInt. false: those above 2^53 come as the nearest number. */
  bigints?: boolean | undefined;
  /** For an endpoint that is encrypted: the file with our secret key. For tcp:// also TEXTD_CURVE_KEY_FILE. */
  curveKeyFile?: string | undefined;
  /** And the server's public key, or a file with it. For tcp:// also TEXTD_CURVE_SERVER_KEY. */
  curveServerKey?: string | undefined;
}

export interface AnnotateOptions {
  pipeline?: string | undefined;
  /** Just these plugins, instead of a pipeline. */
  plugins?: readonly string[] | undefined;
  /** Of plugins: { segmenter: { tokens: true } }. */
  options?: Record<string, Record<string, unknown>> | undefined;
  deadlineMs?: number | undefined;
  /** BCP 47. */
  lang?: string | undefined;
  /** W3C traceparent; comes back. "" asks for one. */
  trace?: string | undefined;
  /** W3C tracestate, beside `trace`; comes back. */
  tracestate?: string | undefined;
  /** Anything that MessagePack can write, up to 4 KiB; comes back. */
  meta?: unknown;
  offsets?: Unit | undefined;
}

export interface AnnotateOneOptions extends AnnotateOptions {
  /** Takes the text back. */
  signal?: AbortSignal | undefined;
}

export interface AnnotateManyOptions extends AnnotateOptions {
  /** Texts in flight, or answered and not used yet, at most. 64. */
  window?: number | undefined;
  /** Answers in the order of the texts, or as they come. true. */
  ordered?: boolean | undefined;
  /** An error of a text ends the loop, or comes in its place. "throw". */
  errors?: "throw" | "return" | undefined;
  signal?: AbortSignal | undefined;
}

/** A text, or a text with keys of its own. */
export type Item = string | ({ text: string } & AnnotateOptions);

export interface RequestOptions {
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface Span {
  start: number;
  end: number;
  /** Where offsets are "utf16". */
  text?: string;
}

export interface Entity {
  start: number;
  end: number;
  type: string;
  text: string;
  score: number;
  value?: string | { amount: number; to?: number; currency: string } | { number: number; to?: number; unit?: string };
  /** The dictionary's. */
  id?: string;
  /** Of names: which of Doc.names it is. */
  ref?: number;
}

/** One person, organization or other thing that the text names, by its fullest form there. */
export interface Name {
  name: string;
  type: string;
  mentions: number;
  /** An index into Doc.entities. */
  first: number;
}

export type Label = "negative" | "neutral" | "positive";

export interface Polarity {
  start: number;
  end: number;
  score: number;
  label: Label;
  confidence: number;
}

/** Of a text that was left alone, as one in another language is, the first four are null; a warning says why. */
export interface Sentiment {
  score: number | null;
  label: Label | null;
  confidence: number | null;
  domain: "social" | "review" | "news" | "finance" | "support" | null;
  sentences?: Polarity[];
  entities?: Polarity[];
  reasons?: { start: number; end: number; contribution: number; rules: string[] }[];
}

export interface Summary {
  summary: string;
  sentences: { start: number; end: number; score: number; rank: number; reasons: string[] }[];
  headline?: { text: string; start: number; end: number } | null;
  keyphrases?: { text: string; start: number; end: number; score: number; count: number }[];
  focused?: number;
  /** What the text looks like: "prose", "table", "log", "list" or "chat". */
  document?: string;
}

/** By plugin; those that aren't textd's own are whatever they are. */
export interface Results {
  segmenter?: { sentences: [number, number][]; tokens?: [number, number][] };
  entities?: { entities: Entity[]; names?: Name[] };
  sentiment?: Sentiment;
  summarizer?: Summary;
  [plugin: string]: unknown;
}

export class Doc {
  private constructor();
  readonly text: string;
  readonly results: Results;
  readonly entities: Entity[];
  /** Who is who: of `entities`, `ref` is an index into these. */
  readonly names: Name[];
  readonly sentiment: Sentiment | null;
  readonly summary: string | null;
  readonly sentences: Span[];
  readonly tokens: Span[];
  /** Of plugins that failed where others did not. */
  readonly errors: Record<string, { code: string; message: string }>;
  readonly warnings: string[];
  /** Of most of the text: BCP 47, "und" when that can't be told; null when no plugin has looked. */
  readonly language: string | null;
  readonly meta: any;
  readonly trace?: string;
  readonly tracestate?: string;
  /** With a trace also the ids of textd's span and of each plugin's. */
  readonly timing: {
    queue_us: number;
    run_us: number;
    plugins: Record<string, number>;
    span?: string;
    spans?: Record<string, string>;
  } | null;
  readonly served: { version: string; generation: number; worker: number } | null;
  readonly offsets: Unit;
  /** Its place in annotateMany's texts. */
  readonly index?: number;
}

export interface PingReply {
  version: string;
  state: "starting" | "serving" | "draining" | "stopping";
  generation: number;
  workers: number;
  listening: boolean;
  [key: string]: unknown;
}

export interface DescribeReply {
  version: string;
  protocol: number;
  protocol_minor?: number;
  generation: number;
  limits: Record<string, number>;
  pipelines: { name: string; plugins: string[] }[];
  plugins: { name: string; plugin: string; version: string; [key: string]: unknown }[];
  offsets: Unit[];
  ops: string[];
  [key: string]: unknown;
}

/** An async iterator; leaving its loop early takes back what is in flight. */
export interface Batch<T> extends AsyncIterableIterator<T> {
  return(value?: unknown): Promise<IteratorResult<T>>;
  [Symbol.asyncDispose](): Promise<void>;
}

export class Client {
  /** `endpoint`: $TEXTD_ENDPOINT, or where a daemon of the same user listens by default. */
  constructor(endpoint?: string, options?: ClientOptions);
  constructor(options: ClientOptions);
  readonly endpoint: string;
  annotate(text: string, options?: AnnotateOneOptions): Promise<Doc>;
  annotateMany(
    texts: Iterable<Item> | AsyncIterable<Item>,
    options: AnnotateManyOptions & { errors: "return" },
  ): Batch<Doc | TextdError>;
  annotateMany(
    texts: Iterable<Item> | AsyncIterable<Item>,
    options?: AnnotateManyOptions & { errors?: "throw" | undefined },
  ): Batch<Doc>;
  annotateMany(texts: Iterable<Item> | AsyncIterable<Item>, options?: AnnotateManyOptions): Batch<Doc | TextdError>;
  ping(options?: RequestOptions): Promise<PingReply>;
  describe(options?: RequestOptions): Promise<DescribeReply>;
  /**
   * Any request: a map (an `id` is added where none is), or MessagePack. The reply as it came, also an error's;
   * `raw`: its bytes.
   */
  request(
    message: object,
    frame: string | Uint8Array | undefined,
    options: RequestOptions & { raw: true },
  ): Promise<Uint8Array>;
  request(
    message: object,
    frame?: string | Uint8Array,
    options?: RequestOptions & { raw?: false | undefined },
  ): Promise<Record<string, any>>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export class TextdError extends Error {
  /** The protocol's; or UNAVAILABLE, TIMEOUT, LOST, NO_PROTOCOL, INVALID, CLOSED. */
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** Whose failure it is. */
  readonly plugin?: string;
  readonly id?: number | string | Uint8Array;
  /** Of the text, in annotateMany. */
  readonly index?: number;
}

/** Nobody answers at the endpoint. */
export class Unavailable extends TextdError {}
/** Connected, and no answer in time. */
export class Timeout extends TextdError {}
/** The connection was lost, and the text could not be sent again in time, or often enough. */
export class Lost extends TextdError {}
/** Something else is there. */
export class NoProtocol extends TextdError {}
export class Refused extends TextdError {}
/** A wrong argument; nothing was sent. */
export class InvalidArgument extends TextdError {}
/** The client was closed. */
export class Closed extends TextdError {}
/** What the daemon answered. */
export class ServerError extends TextdError {}
export class BadRequest extends ServerError {}
export class UnsupportedVersion extends ServerError {}
export class TooLarge extends ServerError {}
export class InvalidUtf8 extends ServerError {}
export class UnknownPipeline extends ServerError {}
export class UnknownPlugin extends ServerError {}
export class BadOption extends ServerError {}
export class Overloaded extends ServerError {}
export class DeadlineExceeded extends ServerError {}
export class PluginFailed extends ServerError {}
export class PluginCrashed extends ServerError {}
export class PluginTimeout extends ServerError {}
export class Cancelled extends ServerError {}
export class ShuttingDown extends ServerError {}
export class ReloadFailed extends ServerError {}
export class Internal extends ServerError {}
