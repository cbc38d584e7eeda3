// Annotates the text on the command line. Debian: default-jdk-headless libjeromq-java libmsgpack-java
//
//   java -cp /usr/share/java/jeromq.jar:/usr/share/java/msgpack-core.jar Annotate.java 'Acme Corp. paid $3 million. Great news!'
//
// Over tcp only: what jeromq calls ipc:// is a port of its own, and nothing arrives.

import java.io.IOException;
import java.util.Map;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;
import org.zeromq.ZMQ;

public class Annotate {
    static final String ENDPOINT = System.getenv().getOrDefault("TEXTD_ENDPOINT", "tcp://127.0.0.1:7411");

    static void fail(int code, String words) {
        System.err.println(words);
        System.exit(code); // at once: sockets that are open don't hold it up
    }

    /** A value inside maps: get(reply, "error", "code"). */
    static Value get(Value value, String... path) {
        for (String key : path) {
            value = value.asMapValue().map().get(ValueFactory.newString(key));
        }
        return value;
    }

    static byte[] pack(Map<String, Object> request) throws IOException {
        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
        packer.packMapHeader(request.size());
        for (Map.Entry<String, Object> entry : request.entrySet()) {
            packer.packString(entry.getKey());
            if (entry.getValue() instanceof Integer) {
                packer.packInt((Integer) entry.getValue());
            } else {
                packer.packString((String) entry.getValue());
            }
        }
        return packer.toByteArray();
    }

    /** The reply to this request, or null when none comes in time. */
    static Value ask(ZMQ.Socket socket, Map<String, Object> request, long milliseconds) throws IOException {
        long ends = System.nanoTime() / 1000000 + milliseconds;
        socket.send(pack(request));
        for (long left; (left = ends - System.nanoTime() / 1000000) > 0;) {
            socket.setReceiveTimeOut((int) left);
            byte[] bytes = socket.recv();
            if (bytes == null) {
                return null;
            }
            Value reply = MessagePack.newDefaultUnpacker(bytes).unpackValue();
            if (get(reply, "id").equals(ValueFactory.newInteger((Integer) request.get("id")))) {
                return reply;
            }
        }
        return null;
    }

    /** textd answers each document before its deadline; what hasn't come then was lost with its connection, and is sent once
     * more, on a fresh one. */
    static Value annotate(ZMQ.Context context, String text) throws IOException {
        for (int i = 0; i < 2; i++) {
            ZMQ.Socket socket = context.socket(ZMQ.DEALER);
            socket.setLinger(0);
            socket.connect(ENDPOINT);
            if (ask(socket, Map.of("id", 1, "op", "ping"), 2000) == null) {
                fail(69, "no textd at " + ENDPOINT + ": is it running?");
            }
            Value reply = ask(socket, Map.of("id", 2, "text", text, "offsets", "utf16", "deadline_ms", 3000), 4000);
            socket.close();
            if (reply != null) {
                return reply;
            }
        }
        fail(75, "textd at " + ENDPOINT + " does not answer");
        return null;
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 1 || !ENDPOINT.startsWith("tcp://")) {
            fail(64, "usage: Annotate TEXT, with an endpoint tcp://ADDRESS:PORT in $TEXTD_ENDPOINT");
        }
        String text = args[0];
        Value reply = annotate(ZMQ.context(1), text);
        if (!get(reply, "ok").asBooleanValue().getBoolean()) {
            fail(1, get(reply, "error", "code") + ": " + get(reply, "error", "message"));
        }
        for (Value e : get(reply, "results", "entities", "entities").asArrayValue()) {
            int start = get(e, "start").asIntegerValue().asInt(), end = get(e, "end").asIntegerValue().asInt();
            System.out.println(get(e, "type") + " " + text.substring(start, end));
        }
        Value sentiment = get(reply, "results", "sentiment");
        System.out.printf("sentiment %s %.2f%n", get(sentiment, "label"), get(sentiment, "score").asNumberValue().toDouble());
        System.exit(0);
    }
}
