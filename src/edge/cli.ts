console.log('pump-monitor')
