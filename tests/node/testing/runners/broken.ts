interface Details {}

addEventListener('breaks', (resolve => {
