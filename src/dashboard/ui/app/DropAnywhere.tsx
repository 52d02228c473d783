import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { addUploads } from '../pages/user/upload-queue';
import { filesOfDrop } from '../pages/user/dropped-files';

/** The whole window takes files; what is dropped goes on the upload page's list. */
export function DropAnywhere() {
  const [over, setOver] = useState(false);
  const [, go] = useLocation();
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      setOver(false);
      go('/app/upload');
      void filesOfDrop(event.dataTransfer).then(addUploads);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [go]);
  return over ? <div className="drop-over">Drop to upload: files, or whole folders</div> : null;
}
