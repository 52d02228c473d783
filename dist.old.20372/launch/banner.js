/**
 * What the start found out. `url` without a slash at its end; `keyFile` is the path of a file, the key itself is never
 * printed.
 */ /** What somebody who has just started the platform needs to know. */ export function banner({ url, dataDir, keyFile, devnet, tookMs }) {
    const rows = [
        [
            'API',
            url
        ],
        [
            'documentation',
            `${url}/docs`
        ],
        [
            'gateway',
            `${url}/ipfs/<cid>`
        ],
        [
            'statistics',
            `${url}/public/stats`
        ],
        [
            'metrics',
            `${url}/metrics`
        ],
        [
            'admin API key',
            keyFile
        ],
        [
            'data and logs',
            dataDir
        ]
    ];
    return [
        '',
        `Tidewater is ready (${(tookMs / 1_000).toFixed(1)} s).`,
        '',
        ...rows.map(([name = '', value = ''])=>`  ${name.padEnd(15)}${value}`),
        '',
        ...devnet ? [
            '  devnet: a simulated Filecoin network; its deals and numbers are not real',
            ''
        ] : [],
        '  The whole main job, live:  npm run demo -- path/to/any/file',
        '  Stop with Ctrl-C.',
        ''
    ].join('\n');
}

//# sourceMappingURL=banner.js.map
