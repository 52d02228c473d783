import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Owned, Unowned, type Caller } from '../../accounts/index.js';
import { InvalidInput, parseInput } from '../../platform/http/index.js';
import { contentId, parseCid } from '../../shared/index.js';
import { contentSorts } from '../domain/content-search.js';
import { ContentRegistry } from '../verbs/content-registry.js';
import { OrganizeContents } from '../verbs/organize-contents.js';
import { DeleteContent, type Deletion } from '../verbs/remove-content.js';
import { pageQuery } from './content.dto.js';
import { presentContent, presentTransition } from './content.presenter.js';

/** What a user has, and taking it back. */
@ApiTags('content')
@ApiBearerAuth()
@Controller('content')
export class ContentController {
  constructor(
    private readonly contents: ContentRegistry,
    private readonly deleteContent: DeleteContent,
    private readonly organize: OrganizeContents,
  ) {}

  /** Estuary's three paths for the same list. Of the caller alone, also for admins. @throws InvalidInput */
  @Get(['contents', 'list', 'stats'])
  @ApiOperation({
    summary: 'Your contents, newest first, or searched and sorted',
    description:
      'The next page: `before` = the last id of this one, with the same `q`, `sort` and `order`. `q`: the beginning of a name ' +
      'or a tag, or a CID.',
  })
  @ApiQuery({ name: 'q', required: false })
  @ApiQuery({ name: 'sort', required: false, enum: contentSorts })
  @ApiQuery({ name: 'order', required: false, enum: ['asc', 'desc'] })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000, default 500' })
  @ApiQuery({ name: 'before', required: false })
  @ApiQuery({ name: 'offset', required: false })
  async list(@Query() query: unknown, @CurrentUser() caller: Caller) {
    const page = parseInput(pageQuery, query);
    const { q, sort, order, offset } = page;
    const isPlain = q === undefined && sort === undefined && order === undefined;
    if (!isPlain && offset !== undefined)
      throw new InvalidInput('offset: goes with neither q, sort nor order; pages are by before', {
        details: { fields: ['offset'] },
      });
    const contents = isPlain
      ? await this.contents.ofUser(caller.userId, page)
      : await this.organize.search(caller.userId, page);
    return contents.map(presentContent);
  }

  /**
   * Estuary's shape: each content inside an object. An empty list where the caller has none; at most 1000.
   * @throws InvalidInput for what is no CID
   */
  @Get('by-cid/:cid')
  @Unowned()
  @ApiOperation({ summary: 'Your contents with this CID, v0 and v1 alike' })
  async byCid(@Param('cid') text: string, @CurrentUser() caller: Caller) {
    const cid = parseCid(text);
    if (!cid) throw new InvalidInput('cid: is not a CID');
    const contents = await this.contents.ofCid(cid, caller.userId);
    return contents.map((content) => ({ content: presentContent(content) }));
  }

  /** The owner guard has been here: whoever does not own it got a 404. @throws ContentNotFound */
  @Get(':id')
  @Owned('content', 'id')
  @ApiOperation({ summary: 'One content' })
  async one(@Param('id') id: string) {
    return presentContent(await this.contents.get(contentId(id)));
  }

  /** The first entry is made from the content's own row; the others are its moves. @throws ContentNotFound */
  @Get(':id/timeline')
  @Owned('content', 'id')
  @ApiOperation({ summary: 'Everything that happened to a content, with time and cause' })
  async timeline(@Param('id') id: string) {
    return (await this.contents.timeline(contentId(id))).map(presentTransition);
  }

  /**
   * Answers when the rows are gone and the bytes were given back as far as that is possible at once. A second time is a
   * 404.
   * @throws ContentNotFound
   */
  @Delete(':id')
  @Owned('content', 'id')
  @ApiOperation({
    summary: 'Delete a content',
    description:
      'With the last reference its bytes go: `freedBytes` at once, `pendingBytes` when the segment that they lie in is compacted.',
  })
  async delete(@Param('id') id: string): Promise<Deletion> {
    const deletion = await this.deleteContent.run(contentId(id));
    return deletion;
  }
}
