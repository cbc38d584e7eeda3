// Preloaded into the example of a service: asks it once it listens, prints the answer, and stops it as a service
// manager would.
import http from "node:http";

const { listen } = http.Server.prototype;
http.Server.prototype.listen = function listenAndAsk(...args) {
  return listen.apply(this, args).once("listening", () => {
    const { port } = this.address();
    const request = http.request(
      { port, path: "/entities", method: "POST", headers: { "Content-Type": "text/plain", Connection: "close" } },
      (response) => {
        response.on("data", (data) => process.stdout.write(data)).on("end", () => process.kill(process.pid, "SIGTERM"));
      },
    );
    request.end("Acme Corp. paid $3 million.");
  });
};
