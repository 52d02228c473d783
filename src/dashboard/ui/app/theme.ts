import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The one accent: a tide blue-green. Shade 8 on white and shade 3 on the dark ground pass AA. */
const tide: MantineColorsTuple = [
  '#e3f7fa',
  '#c8ecf1',
  '#94d8e2',
  '#5cc2d1',
  '#31b0c3',
  '#16a1b6',
  '#0c8ba0',
  '#0b7285',
  '#0a6072',
  '#06495a',
];

/** System fonts; ids and numbers in one tabular mono; 4 px steps. */
export const theme = createTheme({
  colors: { tide },
  primaryColor: 'tide',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  headings: {
    sizes: { h1: { fontSize: '24px' }, h2: { fontSize: '16px' }, h3: { fontSize: '14px' } },
    fontWeight: '600',
  },
});
