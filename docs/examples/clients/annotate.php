<?php
// Annotates the text on the command line. Debian: php-cli php-zmq php-msgpack
//
//   php annotate.php 'Acme Corp. paid $3 million. Great news!'

$endpoint = getenv('TEXTD_ENDPOINT') ?: 'tcp://127.0.0.1:7411';
$context = new ZMQContext();

function fail(int $code, string $words): never
{
    fwrite(STDERR, "$words\n");
    exit($code);
}

// The reply to this request, or null when none comes in time.
function ask(ZMQSocket $socket, array $request, float $seconds): ?array
{
    $ends = microtime(true) + $seconds;
    $socket->send(msgpack_pack($request));
    while (($left = $ends - microtime(true)) > 0) {
        $socket->setSockOpt(ZMQ::SOCKOPT_RCVTIMEO, 1 + (int)(1000 * $left));
        $bytes = $socket->recv();
        if ($bytes === false) {
            return null;
        }
        $reply = msgpack_unpack($bytes);
        if ($reply['id'] === $request['id']) {
            return $reply;
        }
    }
    return null;
}

// textd answers each document before its deadline; what hasn't come then was lost with its connection, and is sent once more,
// on a fresh one.
function annotate(string $text): array
{
    global $context, $endpoint;
    for ($try = 0; $try < 2; $try++) {
        $socket = new ZMQSocket($context, ZMQ::SOCKET_DEALER);
        $socket->setSockOpt(ZMQ::SOCKOPT_LINGER, 0); // or the program's end waits for a daemon that isn't there
        $socket->connect($endpoint);
        ask($socket, ['id' => 1, 'op' => 'ping'], 2) ?? fail(69, "no textd at $endpoint: is it running?");
        $reply = ask($socket, ['id' => 2, 'text' => $text, 'deadline_ms' => 3000], 4);
        if ($reply) {
            return $reply;
        }
        $socket->disconnect($endpoint);
    }
    fail(75, "textd at $endpoint does not answer");
}

$text = $argv[1] ?? fail(64, 'usage: php annotate.php TEXT');
$reply = annotate($text);
if (!$reply['ok']) {
    fail(1, "{$reply['error']['code']}: {$reply['error']['message']}");
}
foreach ($reply['results']['entities']['entities'] as $e) { // offsets are bytes, as PHP's strings are
    echo $e['type'], ' ', substr($text, $e['start'], $e['end'] - $e['start']), "\n";
}
printf("sentiment %s %.2f\n", $reply['results']['sentiment']['label'], $reply['results']['sentiment']['score']);
