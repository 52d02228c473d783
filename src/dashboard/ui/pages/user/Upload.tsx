import { Button, Group, Progress } from '@mantine/core';
import { useRef } from 'react';
import { formatBytes, formatSpeed } from '../../format/bytes';
import { formatDuration } from '../../format/time';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { filesOfField } from './dropped-files';
import { PriceEstimate } from './PriceEstimate';
import { uploadFigures } from './upload-figures';
import { addUploads, clearFinished, useUploads } from './upload-queue';
import { UploadRow } from './UploadRow';

/** Files and folders in; each is stored when its row says so, and its dots go on filling here. */
export default function Upload() {
  const uploads = useUploads();
  const figures = uploadFigures(uploads, performance.now());
  const running = figures.done < figures.count;
  return (
    <>
      <PageHead
        title="Upload"
        sentence="A file is safe on our disk when its row says stored; then its six deals begin."
      >
        <Pickers />
      </PageHead>
      <div className="drop">
        <strong>Drop files or a folder here, or anywhere in this window</strong>
        <p className="quiet">
          A folder keeps its paths and gets one CID. Uploads go on while you look at other pages; large files go on
          where they were, even after this tab was closed: choose them again.
        </p>
      </div>
      <PriceEstimate bytes={figures.bytes} />
      {uploads.length > 0 && (
        <Section
          title={`${figures.done} of ${figures.count} stored`}
          aside={
            <Button size="compact-xs" variant="default" onClick={clearFinished}>
              Clear finished
            </Button>
          }
        >
          <Progress
            value={figures.bytes === 0 ? 100 : (figures.sent / figures.bytes) * 100}
            aria-label="All uploads"
            mb={8}
          />
          <p className="quiet" style={{ margin: '0 0 12px', minHeight: 20 }}>
            {formatBytes(figures.sent)} of {formatBytes(figures.bytes)}
            {figures.bytesPerSecond !== null && `, ${formatSpeed(figures.bytesPerSecond)}`}
            {running && figures.leftMs !== null && `, ${formatDuration(figures.leftMs)} left`}
          </p>
          {uploads.map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
        </Section>
      )}
    </>
  );
}

function Pickers() {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (field: HTMLInputElement) => {
    addUploads(filesOfField(field.files));
    field.value = '';
  };
  return (
    <Group gap={8}>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-testid="files"
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={(field) => {
          folder.current = field;
          field?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        hidden
        data-testid="folder"
        onChange={(event) => take(event.currentTarget)}
      />
      <Button onClick={() => files.current?.click()}>Choose files</Button>
      <Button variant="default" onClick={() => folder.current?.click()}>
        Choose a folder
      </Button>
    </Group>
  );
}
