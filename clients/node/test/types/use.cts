import textd = require("@textd/client");

export const ask = async (): Promise<number> =>
  (await new textd.Client("tcp://127.0.0.1:7411").annotate("x")).entities.length;
