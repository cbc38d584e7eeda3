// Annotates the text on the command line. Debian: g++ cppzmq-dev libmsgpack-cxx-dev
//
//   c++ -std=c++17 -o annotate annotate.cpp -lzmq
//   ./annotate 'Acme Corp. paid $3 million. Great news!'
//
// libtextd does more than this, in C++ as well: textd/client.h.
#define MSGPACK_NO_BOOST
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <msgpack.hpp>
#include <optional>
#include <string>
#include <zmq.hpp>

using Map = std::map<std::string, msgpack::object>;
using Clock = std::chrono::steady_clock;

[[noreturn]] static void fail(int code, const std::string &words)
{
    std::fprintf(stderr, "%s\n", words.c_str());
    std::exit(code);
}

static const msgpack::object &get(const Map &map, const char *key)
{
    auto found = map.find(key);
    if (found == map.end())
        fail(76, std::string("the reply has no ") + key);
    return found->second;
}

// Sends a map of this id, and waits for the reply to it; nothing when none comes in time.
static std::optional<msgpack::object_handle> ask(zmq::socket_t &socket, int id, const msgpack::sbuffer &request, std::chrono::milliseconds time)
{
    const auto ends = Clock::now() + time;

    socket.send(zmq::buffer(request.data(), request.size()), zmq::send_flags::none);
    for (;;) {
        zmq::message_t bytes;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(ends - Clock::now());
        if (left.count() <= 0)
            return {};
        socket.set(zmq::sockopt::rcvtimeo, int(left.count()));
        if (!socket.recv(bytes))
            return {};
        auto reply = msgpack::unpack(bytes.data<char>(), bytes.size());
        const auto its_id = get(reply->as<Map>(), "id");
        if (its_id.type == msgpack::type::POSITIVE_INTEGER && its_id.via.u64 == unsigned(id))
            return reply;
    }
}

// textd answers each document before its deadline; what hasn't come then was lost with its connection, and is sent once more,
// on a fresh one.
static msgpack::object_handle annotate(zmq::context_t &context, const std::string &endpoint, const std::string &text)
{
    msgpack::sbuffer ping, request;

    msgpack::packer(ping).pack_map(2).pack("id").pack(1).pack("op").pack("ping");
    msgpack::packer(request).pack_map(3).pack("id").pack(2).pack("text").pack(text).pack("deadline_ms").pack(3000);
    for (int i = 0; i < 2; i++) {
        zmq::socket_t socket(context, zmq::socket_type::dealer);
        socket.set(zmq::sockopt::linger, 0); // or the program's end waits for a daemon that isn't there
        socket.connect(endpoint);
        if (!ask(socket, 1, ping, std::chrono::seconds(2)))
            fail(69, "no textd at " + endpoint + ": is it running?");
        if (auto reply = ask(socket, 2, request, std::chrono::seconds(4)))
            return std::move(*reply);
    }
    fail(75, "textd at " + endpoint + " does not answer");
}

int main(int argc, char **argv)
{
    const char *given = std::getenv("TEXTD_ENDPOINT");

    if (argc != 2)
        fail(64, "usage: annotate TEXT");
    const std::string text = argv[1];
    zmq::context_t context;
    const auto handle = annotate(context, given ? given : "tcp://127.0.0.1:7411", text);
    const auto reply = handle->as<Map>();
    if (!get(reply, "ok").as<bool>()) {
        const auto error = get(reply, "error").as<Map>();
        fail(1, get(error, "code").as<std::string>() + ": " + get(error, "message").as<std::string>());
    }
    const auto results = get(reply, "results").as<Map>();
    for (const auto &e : get(get(results, "entities").as<Map>(), "entities").as<std::vector<Map>>()) {
        const auto start = get(e, "start").as<size_t>(), end = get(e, "end").as<size_t>(); // bytes
        std::printf("%s %s\n", get(e, "type").as<std::string>().c_str(), text.substr(start, end - start).c_str());
    }
    const auto sentiment = get(results, "sentiment").as<Map>();
    std::printf("sentiment %s %.2f\n", get(sentiment, "label").as<std::string>().c_str(), get(sentiment, "score").as<double>());
}
