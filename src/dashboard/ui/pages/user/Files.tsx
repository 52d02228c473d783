import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Limits } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { formatBytes } from '../../format/bytes';
import { formatCount } from '../../format/fil';
import { Command } from '../../parts/Command';
import { Empty } from '../../parts/Empty';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { FileList } from './FileList';
import { readFileQuery, sortedBy, writeFileQuery } from './file-query';
import { useFiles, type FileQuery } from './use-files';

/** Everything that this account has stored, newest first. */
export default function Files() {
  const [address, setAddress] = useSearchParams();
  const query = readFileQuery(address);
  const { search } = query;
  const files = useFiles(query);
  const show = (next: FileQuery) => setAddress(writeFileQuery(next));
  const limits = useAsk<Limits>('/user/limits', {}, { every: 10_000 });
  const total = limits.data?.usage.contents ?? files.loaded.length;
  const none = !files.isPending && files.error === null && files.loaded.length === 0;
  return (
    <>
      <PageHead
        title="Files"
        sentence={limits.data && `${formatCount(total)} files, ${formatBytes(limits.data.usage.bytes ?? 0)}.`}
      >
        <Button component={Link} href="/app/upload">
          Upload
        </Button>
      </PageHead>
      <SearchField key={search} search={search} onSearch={(text) => show({ ...query, search: text })} />
      {files.error !== null && <Failure error={files.error} again={files.again} />}
      {files.isPending && <Loading rows={10} />}
      {none && search === '' && <NoFiles />}
      {none && search !== '' && (
        <Empty title={`No file is named like “${search}”`}>
          The beginnings of names and tags are searched, and whole CIDs.
        </Empty>
      )}
      {files.loaded.length > 0 && (
        <FileList
          files={files.loaded}
          hasMore={files.hasMore}
          onEnd={files.more}
          query={query}
          onSort={(sort) => show(sortedBy(query, sort))}
        />
      )}
    </>
  );
}

function SearchField({ search, onSearch }: { search: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(search);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(text.trim());
      }}
    >
      <TextInput
        size="xs"
        maw={360}
        mb={12}
        aria-label="Search files by name or CID"
        placeholder="Name or CID, then Enter"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}

function NoFiles() {
  return (
    <Empty title="No files yet">
      <p>Drop files or a folder anywhere in this window, or use this line:</p>
      <div style={{ textAlign: 'left', maxWidth: 760, margin: '0 auto' }}>
        <Command
          about="Upload from a shell"
          text={`curl -X PUT -H "Authorization: Bearer $KEY" --data-binary @photo.jpg "${location.origin}/content/add?filename=photo.jpg"`}
        />
      </div>
    </Empty>
  );
}
