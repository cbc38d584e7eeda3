// The same classes for `import` as for `require`.
import textd from "./index.js";

export const {
  Client,
  Doc,
  TextdError,
  ServerError,
  Unavailable,
  Timeout,
  Lost,
  NoProtocol,
  Refused,
  InvalidArgument,
  Closed,
  BadRequest,
  UnsupportedVersion,
  TooLarge,
  InvalidUtf8,
  UnknownPipeline,
  UnknownPlugin,
  BadOption,
  Overloaded,
  DeadlineExceeded,
  PluginFailed,
  PluginCrashed,
  PluginTimeout,
  Cancelled,
  ShuttingDown,
  ReloadFailed,
  Internal,
} = textd;
export default textd;
