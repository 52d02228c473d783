import { Body, Controller, HttpCode, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CurrentUser, Owned, type Caller } from '../../accounts/index.js';
import { JsonLimit, parseInput } from '../../platform/http/index.js';
import { contentId } from '../../shared/index.js';
import { OrganizeContents } from '../verbs/organize-contents.js';
import { bulkBody, MAX_BULK, renameBody, tagsBody } from './content.dto.js';
import { presentBulkResult, presentContent } from './content.presenter.js';

const SMALL_JSON = 64 * 1024;
const IDS = { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_BULK } as const;
const TAGS = { type: 'array', items: { type: 'string', maxLength: 64 }, maxItems: 32 } as const;

/** What owners do with their contents besides having them. */
@ApiTags('content')
@ApiBearerAuth()
@Controller('content')
export class OrganizeController {
  constructor(private readonly organize: OrganizeContents) {}

  /** @throws InvalidInput, ContentNotFound */
  @Patch(':id')
  @Owned('content', 'id')
  @ApiOperation({ summary: 'Rename a content' })
  @ApiBody({
    schema: { type: 'object', properties: { name: { type: 'string', maxLength: 1024 } }, required: ['name'] },
  })
  async rename(@Param('id') id: string, @Body() body: unknown) {
    return presentContent(await this.organize.rename(contentId(id), parseInput(renameBody, body).name));
  }

  /** @throws InvalidInput, ContentNotFound */
  @Put(':id/tags')
  @JsonLimit(SMALL_JSON)
  @Owned('content', 'id')
  @ApiOperation({ summary: 'Tags of a content', description: 'Replaces those that it had. Kept in lower case.' })
  @ApiBody({ schema: { type: 'object', properties: { tags: { ...TAGS } }, required: ['tags'] } })
  async setTags(@Param('id') id: string, @Body() body: unknown) {
    return presentContent(await this.organize.setTags(contentId(id), parseInput(tagsBody, body).tags));
  }

  /** Ends when the client leaves; what was done until then stays done. @throws InvalidInput */
  @Post('bulk')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Delete or tag many contents',
    description:
      'What each of them came to is in the answer, in the order of the request: one that is not there does not keep the others.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { action: { enum: ['delete', 'tag'] }, ids: { ...IDS }, tags: { ...TAGS } },
      required: ['action', 'ids'],
    },
  })
  async bulk(@Body() body: unknown, @Req() request: FastifyRequest, @CurrentUser() { userId }: Caller) {
    const input = parseInput(bulkBody, body);
    const ids = input.ids.map((id) => contentId(id));
    if (input.action === 'tag')
      return { results: (await this.organize.tagAll(userId, ids, input.tags)).map(presentBulkResult) };
    const left = new AbortController();
    const leave = (): void => left.abort();
    request.raw.socket.once('close', leave);
    try {
      return { results: (await this.organize.deleteAll(userId, ids, left.signal)).map(presentBulkResult) };
    } finally {
      request.raw.socket.off('close', leave);
    }
  }
}
