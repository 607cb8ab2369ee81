export * from './prometheus-client.ts'
export * from './reference-server.ts'
export * from './server-log.ts'
export * from './webhook.ts'
