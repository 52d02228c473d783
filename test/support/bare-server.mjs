// A Fastify server with nothing but /health, in a process of its own: what the machine leaves of an answer's time while
// something else goes on. Writes its address to stdout as one line; ends with its stdin.
import fastify from 'fastify';

const app = fastify();
app.get('/health', () => ({ status: 'ok' }));
process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.stdin.on('end', () => process.exit()).resume();
