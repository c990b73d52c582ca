import Fastify from 'fastify';
import { Pool } from 'pg';

/**
 * The lower bound of opening an account over HTTP with one row per request: parse JSON, insert, respond with the id. It
 * has no authentication, and checks, records and stores nothing else. Its read selects one row by its number.
 */
const pool = new Pool({ connectionString: process.env.DATABASE_URL ?? '', max: 10 });
const app = Fastify();

app.post<{ Body: { currency: string } }>('/api/v1/accounts', async ({ body }, reply) => {
  const { rows } = await pool.query<{ id: string }>({
    name: 'open',
    text: 'INSERT INTO accounts (currency, balance) VALUES ($1, 0) RETURNING id',
    values: [body.currency],
  });
  return reply.status(201).send({ id: rows[0]?.id, currency: body.currency, balance: 0 });
});

app.get<{ Params: { id: string } }>('/accounts/:id', async ({ params }, reply) => {
  const { rows } = await pool.query<{ id: string; currency: string; balance: string }>({
    name: 'read',
    text: 'SELECT id, currency, balance FROM accounts WHERE id = $1',
    values: [params.id],
  });
  const [account] = rows;
  if (account === undefined) return reply.status(404).send({});
  return reply.send({ ...account, balance: Number(account.balance) });
});

async function main(): Promise<void> {
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  process.stdout.write(`ready on ${address}\n`);
  process.once('SIGTERM', () => {
    void app.close().then(() => pool.end());
  });
}

void main();
