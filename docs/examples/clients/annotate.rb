# Annotates the text on the command line. Debian: ruby ruby-ffi-rzmq ruby-msgpack
#
#   ruby annotate.rb "Acme Corp. paid $3 million. Great news!"
require "ffi-rzmq"
require "msgpack"

ENDPOINT = ENV["TEXTD_ENDPOINT"] || "tcp://127.0.0.1:7411"
CONTEXT = ZMQ::Context.new

# A fresh connection for each try: what was sent on one that is lost never comes back on it.
def connect
  socket = CONTEXT.socket(ZMQ::DEALER)
  socket.setsockopt(ZMQ::LINGER, 0) # or the program's end waits for a daemon that isn't there
  socket.connect(ENDPOINT)
  yield socket
ensure
  socket.close
end

# The reply to this request, or nil when none comes in time.
def ask(socket, request, milliseconds)
  socket.send_string(request.to_msgpack)
  ends = Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond) + milliseconds
  while (left = ends - Process.clock_gettime(Process::CLOCK_MONOTONIC, :millisecond)) > 0
    socket.setsockopt(ZMQ::RCVTIMEO, left)
    return nil if socket.recv_string(bytes = +"") < 0
    reply = MessagePack.unpack(bytes)
    return reply if reply["id"] == request["id"]
  end
end

# textd answers each document before its deadline; what hasn't come then was lost with its connection, and is sent once more.
def annotate(text)
  2.times do
    connect do |socket|
      unless ask(socket, { "id" => 1, "op" => "ping" }, 2000)
        warn "no textd at #{ENDPOINT}: is it running?"
        exit 69
      end
      reply = ask(socket, { "id" => 2, "text" => text, "offsets" => "codepoint", "deadline_ms" => 3000 }, 4000)
      return reply if reply
    end
  end
  warn "textd at #{ENDPOINT} does not answer"
  exit 75
end

text = ARGV.fetch(0) { abort 'usage: ruby annotate.rb TEXT' }.encode("UTF-8")
reply = annotate(text)
unless reply["ok"]
  warn "#{reply["error"]["code"]}: #{reply["error"]["message"]}"
  exit 1
end
results = reply["results"]
results["entities"]["entities"].each { |e| puts "#{e["type"]} #{text[e["start"]...e["end"]]}" }
puts format("sentiment %s %.2f", results["sentiment"]["label"], results["sentiment"]["score"])
