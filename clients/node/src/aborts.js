"use strict";
// Any number of requests may have one signal, such as a service's own for its end. Node warns of a leak when a signal
// has more than ten listeners, so all of them share one.

const waiting = new WeakMap(); // by signal: { calls, listener }

// Calls `call` when the signal is aborted; gives back what takes that back.
function onAbort(signal, call) {
  let shared = waiting.get(signal);
  if (!shared) {
    const calls = new Set();
    shared = {
      calls,
      listener: () => {
        waiting.delete(signal);
        for (const each of calls) each();
      },
    };
    waiting.set(signal, shared);
    signal.addEventListener("abort", shared.listener, { once: true });
  }
  const { calls, listener } = shared;
  calls.add(call);
  return () => {
    if (!calls.delete(call) || calls.size > 0 || waiting.get(signal) !== shared) return;
    waiting.delete(signal);
    signal.removeEventListener("abort", listener);
  };
}

module.exports = { onAbort };
