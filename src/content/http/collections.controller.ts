import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Owned, type Caller } from '../../accounts/index.js';
import { parseInput } from '../../platform/http/index.js';
import { contentId } from '../../shared/index.js';
import { CollectionNotFound } from '../domain/content.errors.js';
import { CollectionStore } from '../store/collection.store.js';
import { Collections } from '../verbs/collections.js';
import { CommitCollection } from '../verbs/commit-collection.js';
import {
  addOneQuery,
  addQuery,
  collectionBody,
  contentsBody,
  idsOf,
  listQuery,
  removeBody,
} from './collections.dto.js';
import { presentCollection, presentCommit, presentContent, presentEntry } from './content.presenter.js';

const IDS = { type: 'array', items: { type: 'integer', format: 'int64' } } as const;

/** Estuary's collections: contents at paths. */
@ApiTags('collections')
@ApiBearerAuth()
@Controller('collections')
export class CollectionsController {
  constructor(
    private readonly collections: Collections,
    private readonly store: CollectionStore,
    private readonly commits: CommitCollection,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Your collections, oldest first' })
  async list(@CurrentUser() { userId }: Caller) {
    return (await this.store.list(userId)).map(presentCollection);
  }

  /** @throws InvalidInput */
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'A new collection' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { name: { type: 'string' }, description: { type: 'string' } },
      required: ['name'],
    },
  })
  async create(@Body() body: unknown, @CurrentUser() { userId }: Caller) {
    const { name, description } = parseInput(collectionBody, body);
    return presentCollection(await this.store.create(userId, name, description));
  }

  /** Estuary's way of the front end; the collection is looked for here. @throws as `add` */
  @Post('fs/add')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put one content into a collection' })
  @ApiQuery({ name: 'coluuid' })
  @ApiQuery({ name: 'content' })
  @ApiQuery({ name: 'dir', required: false })
  @ApiQuery({ name: 'overwrite', required: false })
  async addOne(@Query() query: unknown, @CurrentUser() { userId }: Caller) {
    const { coluuid, content, dir, overwrite } = parseInput(addOneQuery, query);
    if ((await this.collections.ownerOf(coluuid)) !== userId)
      throw new CollectionNotFound(`no such collection: ${coluuid}`);
    await this.collections.add(coluuid, [contentId(content)], dir, overwrite);
    return {};
  }

  /** All of them, or none. @throws InvalidInput, ContentNotFound, ContentInCollection, PathInvalid, PathConflict */
  @Post(':coluuid')
  @HttpCode(200)
  @Owned('collection', 'coluuid')
  @ApiOperation({
    summary: 'Put contents into a collection',
    description:
      'Up to 10,000, into the folder `dir`, under their names. A path that is taken is refused without `overwrite`.',
  })
  @ApiQuery({ name: 'dir', required: false })
  @ApiQuery({ name: 'overwrite', required: false })
  @ApiBody({ schema: { oneOf: [{ ...IDS }, { type: 'object', properties: { contentids: { ...IDS } } }] } })
  async add(@Param('coluuid') id: string, @Query() query: unknown, @Body() body: unknown) {
    const { dir, overwrite } = parseInput(addQuery, query);
    await this.collections.add(id, idsOf(parseInput(contentsBody, body)), dir, overwrite);
    return {};
  }

  /** @throws InvalidInput, PathInvalid, CollectionNotFound */
  @Get(':coluuid')
  @Owned('collection', 'coluuid')
  @ApiOperation({
    summary: 'What a collection has',
    description:
      'Without `dir` its contents with their paths, at most 1,000 (`after`: the last path of the page before). With `dir` ' +
      'what that folder has, its folders once each.',
  })
  @ApiQuery({ name: 'dir', required: false })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'after', required: false })
  async contents(@Param('coluuid') id: string, @Query() query: unknown) {
    const { dir, limit, after } = parseInput(listQuery, query);
    await this.collections.get(id);
    if (dir !== undefined)
      return (await this.collections.entries(id, dir)).map((entry) => presentEntry(entry, id, dir));
    const found = await this.collections.contentsOf(id, after, limit);
    return found.map(({ path, content }) => ({ ...presentContent(content), path }));
  }

  /** The contents themselves stay. @throws InvalidInput */
  @Delete(':coluuid/contents')
  @Owned('collection', 'coluuid')
  @ApiOperation({ summary: 'Take contents out of a collection' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { by: { enum: ['path', 'content_id'] }, value: { type: 'string' } },
      required: ['by', 'value'],
    },
  })
  async take(@Param('coluuid') id: string, @Body() body: unknown) {
    const input = parseInput(removeBody, body);
    await this.collections.get(id);
    const removed =
      input.by === 'path'
        ? await this.store.removePath(id, input.value.replace(/\/+$/, ''))
        : await this.store.removeContent(id, contentId(input.value));
    return { removed };
  }

  /** Its contents stay. */
  @Delete(':coluuid')
  @Owned('collection', 'coluuid')
  @ApiOperation({ summary: 'Delete a collection' })
  async remove(@Param('coluuid') id: string) {
    await this.collections.get(id);
    await this.store.remove(id);
    return {};
  }

  /** @throws ContentOffloaded, TooManyEntries, QuotaExceeded, DiskFull */
  @Post(':coluuid/commit')
  @HttpCode(200)
  @Owned('collection', 'coluuid')
  @ApiOperation({
    summary: 'Make a directory of a collection',
    description: 'The same contents at the same paths give the same CID. Earlier commits stay as contents of yours.',
  })
  async commit(@Param('coluuid') id: string) {
    const { collection, cid, contentId: made } = await this.commits.run(id);
    return presentCommit(made, cid, collection);
  }
}
