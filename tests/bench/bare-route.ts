import Fastify from 'fastify'

/** What the API is measured against: a Fastify route that takes the same body and stores nothing. */
const app = Fastify()
app.post('/edge/anomalies', async (request, reply) => reply.code(201).send({ id: 1, ...(request.body as object) }))
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
