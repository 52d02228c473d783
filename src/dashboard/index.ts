export { DashboardHttpModule } from './dashboard.module.js';
export { filePaths, pagePaths } from './domain/page-paths.js';
