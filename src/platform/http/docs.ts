import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = [
  'Storage and retrieval on IPFS and Filecoin: upload by API key, six deals with six miners, back through the gateway.',
  '',
  'Every failure has one shape: `{"error": {"code": <HTTP status>, "reason": "ERR_...", "details": "<text>"}}`. Programs compare `reason`, which never changes.',
  'Below `/pinning` it is the Pinning Service specification\'s: `{"error": {"reason", "details"}}`.',
  'Every answer carries `x-request-id`; send one to have it in our logs.',
].join('\n');

/** OpenAPI as pages at /docs and as JSON at /docs-json; whoever opens the bare address in a browser is led there. */
export function serveDocs(app: NestFastifyApplication, url: string): void {
  const config = new DocumentBuilder().setTitle('Tidewater').setDescription(DESCRIPTION).setVersion('1')
    .addServer(url).addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'EST...ARY' }).build();
  app.getHttpAdapter().getInstance().get('/', (_request, reply) => reply.redirect('/docs'));
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config));
}
