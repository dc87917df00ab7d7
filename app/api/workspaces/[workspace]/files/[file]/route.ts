export { handleDownload as GET } from '#server/api/handler.ts';
