"""What the tests share: real servers, a real browser, guards and small measuring tools."""
